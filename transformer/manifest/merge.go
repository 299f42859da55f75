package manifest

import (
	"bytes"
	"slices"
)

// mergeLines applies to text the change from before to after. Before is text as the encoder writes it and after the
// encoded result: what the encoder lays out differently is in both and is no change. The result can be wrong where blanks
// matter, so the caller has to check it.
func mergeLines(text, before, after [][]byte) [][]byte {
	inText, inAfter := matchLines(before, text, sameText), matchLines(before, after, sameLine)
	var merged [][]byte
	textAt, beforeAt, afterAt := 0, 0, 0
	for at := range before {
		// A line that all three have is a place where they can be cut.
		if inText[at] < 0 || inAfter[at] < 0 {
			continue
		}
		merged = append(merged, mergeBetween(text[textAt:inText[at]], before[beforeAt:at], after[afterAt:inAfter[at]])...)
		merged = append(merged, text[inText[at]])
		textAt, beforeAt, afterAt = inText[at]+1, at+1, inAfter[at]+1
	}
	return append(merged, mergeBetween(text[textAt:], before[beforeAt:], after[afterAt:])...)
}

// mergeBetween merges what stands between two places where all three texts are the same.
func mergeBetween(text, before, after [][]byte) [][]byte {
	switch {
	case slices.EqualFunc(before, after, sameLine):
		return text
	case len(before) == 0 && len(bytes.TrimSpace(bytes.Join(text, nil))) == 0:
		return slices.Concat(after, text)
	case len(text) == 0:
		// The encoder has lines here that stand elsewhere in text: comments, which it sets off by a blank line.
		return slices.DeleteFunc(slices.Clone(after), func(line []byte) bool {
			isKnown := func(known []byte) bool { return sameLine(known, line) }
			return len(bytes.TrimSpace(line)) == 0 || slices.ContainsFunc(before, isKnown)
		})
	default:
		return after
	}
}

func lines(text []byte) [][]byte { return slices.Collect(bytes.Lines(text)) }

func sameLine(a, b []byte) bool {
	return bytes.Equal(bytes.TrimRight(a, "\r\n"), bytes.TrimRight(b, "\r\n"))
}

// sameText says whether two lines differ in nothing but blanks.
func sameText(a, b []byte) bool {
	for {
		a, b = bytes.TrimLeft(a, " \t\r\n"), bytes.TrimLeft(b, " \t\r\n")
		if len(a) == 0 || len(b) == 0 {
			return len(a) == len(b)
		}
		if a[0] != b[0] {
			return false
		}
		a, b = a[1:], b[1:]
	}
}

// matchLines returns for every line of a which line of b it is, or -1, so that as many lines as possible have a partner.
func matchLines(a, b [][]byte, same func(a, b []byte) bool) []int {
	matched := slices.Repeat([]int{-1}, len(a))
	first := 0
	for first < len(a) && first < len(b) && same(a[first], b[first]) {
		matched[first] = first
		first++
	}
	endA, endB := len(a), len(b)
	for endA > first && endB > first && same(a[endA-1], b[endB-1]) {
		endA, endB = endA-1, endB-1
		matched[endA] = endB
	}
	for _, pair := range longestCommonLines(a[first:endA], b[first:endB], same) {
		matched[first+pair[0]] = first + pair[1]
	}
	return matched
}

// maxDifference is how many lines two texts may differ in; texts that differ in more count as entirely different.
const maxDifference = 1000

// longestCommonLines returns pairs of equal lines of a and b, from the last to the first. It is the algorithm of Myers,
// "An O(ND) Difference Algorithm and Its Variations" (1986).
func longestCommonLines(a, b [][]byte, same func(a, b []byte) bool) [][2]int {
	limit := min(len(a)+len(b), maxDifference)
	// furthest[origin+k] is how far diagonal k (the line of a minus that of b) got.
	origin := limit + 1
	furthest := make([]int, 2*origin+1)
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, slices.Clone(furthest[origin-d-1:origin+d+2]))
		for k := -d; k <= d; k += 2 {
			x := furthest[origin+k-1] + 1
			if k == -d || k != d && furthest[origin+k-1] < furthest[origin+k+1] {
				x = furthest[origin+k+1]
			}
			for x < len(a) && x-k < len(b) && same(a[x], b[x-k]) {
				x++
			}
			furthest[origin+k] = x
			if x >= len(a) && x-k >= len(b) {
				return commonLines(trace, len(a), len(b))
			}
		}
	}
	return nil
}

// commonLines walks the trace of longestCommonLines back from the ends of both texts.
func commonLines(trace [][]int, x, y int) [][2]int {
	var pairs [][2]int
	for d := len(trace) - 1; d > 0; d-- {
		furthest, k := trace[d], x-y
		at := k + d + 1
		previous := k - 1
		if k == -d || k != d && furthest[at-1] < furthest[at+1] {
			previous = k + 1
		}
		previousX := furthest[previous+d+1]
		previousY := previousX - previous
		for x > previousX && y > previousY {
			x, y = x-1, y-1
			pairs = append(pairs, [2]int{x, y})
		}
		x, y = previousX, previousY
	}
	for x > 0 && y > 0 {
		x, y = x-1, y-1
		pairs = append(pairs, [2]int{x, y})
	}
	return pairs
}
