package endpoint

import "strconv"

// index is the path element of one element of a sequence.
func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
