"""Names of the columns of the programme's tables; one home, so that no loop has plain numbers.

Functions marked `@compiled` take them as constants. That word here also makes `wse_cp.compiled` compile anew
when a number changes: it looks at all files that have it.
"""

from __future__ import annotations

# Transitions of a step (`plan.Step.transitions`, int64).
COEFFICIENT = 0  #: number of the row of coefficients that the kernel's extents are paid by
FOLD = 1  #: state of the sum over the cells below that are off the spine
SENT = 2  #: state of the message that goes to the parent; at a root the number of turns and breaks
X_STARTS = 3  #: runs along x that begin at the kernel
Y_STARTS = 4  #: runs along y that begin at the kernel
TURNS = 5  #: turns and breaks of the spine so far, this kernel's included
DETOUR = 6  #: number of the detour that is paid, counted from 1; 0 for none
MODE = 7  #: for which spines the transition is: one of the three modes below
CHILDREN = 8  #: state of the first child's message; the other children follow, a column each

# Modes of a transition.
ANY_SPINE, STRAIGHT_SPINE, BENT_SPINE = 0, 1, 2

# Coefficients of a step (`plan.Step.coefficients`, int64).
WIDTH_QUARTERS = 0  #: quarters of the wire weight per tile of width
HEIGHT_QUARTERS = 1  #: quarters of the wire weight per tile of height
X_RUNS = 2  #: runs along x that the kernel belongs to
Y_RUNS = 3  #: runs along y that the kernel belongs to

# What a message uses, or a choice of a kernel (`passing.Message.uses`, float32, tiles).
AREA = 0  #: tiles of area
X_EXCESS = 1  #: extents in runs along x, less the wafer's width for each of these
Y_EXCESS = 2  #: extents in runs along y, less the wafer's height for each of these
USES = 3  #: number of these columns
#: Where costs and uses stand in one table (`passing.Message.both`, float64): the cost, then the uses.
COST, FIRST_USE = 0, 1

# Size of a row of shapes (`rows.Rows.usage`, float64, tiles); AREA is column 0 there too.
WIDTH_USE, HEIGHT_USE = 1, 2

# Classes of the splits at one end of an edge (rows of `rows.Rows.inputs`, of keys; int64).
H_CLASS, W_CLASS, CHANNEL_CLASS = 0, 1, 2

# Rows that `rows.class_rows` writes (int64).
ROW_WIDTH = 0  #: tiles, before rotation
ROW_HEIGHT = 1  #: tiles, before rotation
ROW_SPLITS = 2  #: classes of h and w in one number
ROW_READS = 3  #: class of the input's channel split
ROW_WRITES = 4  #: class of the output's channel split
ROW_COLUMNS = 5

# Image splits and height levels (`rows.RowMaker`, int64).
LEVEL_H, LEVEL_W = 0, 1  #: splits h and w
LEVEL_C = 2  #: the largest channel split c of the convolutions
LEVEL_H_CLASS, LEVEL_W_CLASS = 3, 4  #: classes of h and w

# Prices of a size and what it may cost (argument `prices` of `rows.class_rows`, float64).
PER_AREA = 0  #: cost of a tile of area
PER_WIDTH = 1  #: cost of a tile of width
PER_HEIGHT = 2  #: cost of a tile of height
MOST = 3  #: what a size must cost less than

# The most that adapters at a kernel can cost (`pricing.Pricer`, float64).
ALL_ADAPTERS, OUTPUT_CHANNELS, INPUT_CHANNELS = 0, 1, 2

# What a cell off the spine does to the sum of its top's payments (`plan.Fold.moves`, int64).
SUM_BEFORE, PATTERN, SUM_AFTER = 0, 1, 2

# Choices behind a message (`passing.gather`, int32).
TRANSITION, CANDIDATE = 0, 1
