"""``python -m wse_cp``: the same as the command ``wse-cp``."""

from wse_cp.cli import main

if __name__ == "__main__":
    main()
