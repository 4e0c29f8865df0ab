"""``python -m wse_cp``: the same as the command ``wse-cp``."""

import os
import sys

if __name__ == "__main__":
    # The command does not look for modules in the current directory, where -m makes Python begin.
    if not sys.flags.safe_path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]
    from wse_cp.cli import main

    main()
