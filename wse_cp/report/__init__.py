"""Tables, pictures and report pages of instances, placements and results.

`terminal` is what the commands print, `notebook` what notebooks display, `frames` the tables for pandas and
CSV, `picture/` the drawing of a placement, `page/` the report page. The names offered here are those that the
value types ask for (`wse_cp.views`); they load on first use, so that importing this package imports neither
pandas nor matplotlib.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
