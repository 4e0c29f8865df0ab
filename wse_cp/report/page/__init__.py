"""The report page: solutions side by side in one HTML file (docs/report.md).

`render` writes the file and is the place to start. `model` is what goes in (solutions and a bound); `view`
works out everything shown, from `facts` (about kernels and wires), `plan` (the floorplan: a `shape` for each
kernel, or outlines of a `crowd` of many), `modules` (groups of kernels), `summary` (of the cost) and `chart`
(cost over time). `assets/` has the templates, the style and the page's program.
"""
