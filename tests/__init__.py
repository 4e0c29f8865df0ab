"""Tests: the folders are those of the package; `tests.paths` and the modules beside the tests help them."""
