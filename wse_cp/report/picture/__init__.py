"""The picture of a placement: colours, labels, size of the page, drawing."""
