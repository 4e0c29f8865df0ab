"""Slicing trees with shape curves, and their annealing; compiled.

A slicing tree cuts the wafer again and again from side to side (Wong and Liu 1986, doi
10.1109/DAC.1986.1586075); the curve of a node says how high it must be for each width, and is found from its
children's (Stockmeyer 1983, doi 10.1016/S0019-9958(83)80038-2). Start with `anneal` (the search), then
`state` (the arrays of a tree). `model` makes an instance's arrays, `curves` and `layout` evaluate a tree,
`moves` changes it, `trees` holds trees to start from, `realise` makes a placement of one.
"""
