package controller

import (
	"regexp"
	"strings"
	"sync"
)

// eskipToken matches the next token of eskip, the language of Skipper's routes (eskip/lexer.go): what is passed over; an arrow and
// other signs; a backend such as <shunt>; a name; a number; text in quotes or backquotes; a regular expression.
var eskipToken = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?s:(\s+|//[^\n]*)|(->|&&|<[a-zA-Z]+>|[(),;:*<>])|([A-Za-z_][A-Za-z0-9_]*)|(\d*\.?\d+|"(?:[^"\\]|\\.)*"|` +
		"`(?:[^`\\\\]|\\\\.)*`" + `|/(?:[^/\\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/))`)
})

// The groups of eskipToken.
const (
	eskipBlank = iota + 1
	eskipSign
	eskipName
	eskipLiteral
)

// token is a token and its group in eskipToken.
type token struct {
	text string
	kind int
}

// eskipTokens splits code. The result is false where it is no eskip.
func eskipTokens(code string) ([]token, bool) {
	var tokens []token
	for code != "" {
		match := eskipToken().FindStringSubmatch(code)
		if match == nil {
			return nil, false
		}
		for kind := eskipSign; kind <= eskipLiteral; kind++ {
			if match[kind] != "" {
				tokens = append(tokens, token{match[kind], kind})
			}
		}
		code = code[len(match[0]):]
	}
	return tokens, true
}

// splitTokens splits tokens at a sign.
func splitTokens(tokens []token, sign string) [][]token {
	parts := [][]token{nil}
	for _, t := range tokens {
		if t == (token{sign, eskipSign}) {
			parts = append(parts, nil)
			continue
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], t)
	}
	return parts
}

// skipperCall is a filter with its arguments, of which text is without its quotes.
type skipperCall struct {
	name      string
	arguments []string
}

// String returns the filter as it would be written.
func (c skipperCall) String() string { return c.name + "(" + strings.Join(c.arguments, ", ") + ")" }

// parseFilters reads a chain of filters. The result is false where Skipper would not accept it.
func parseFilters(code string) ([]skipperCall, bool) {
	tokens, ok := eskipTokens(code)
	if !ok || len(tokens) == 0 {
		return nil, ok
	}
	return parseCalls(splitTokens(tokens, "->"))
}

func parseCalls(parts [][]token) ([]skipperCall, bool) {
	var calls []skipperCall
	for _, part := range parts {
		call, ok := parseCall(part)
		if !ok {
			return nil, false
		}
		calls = append(calls, call)
	}
	return calls, true
}

// parseCall reads a name and, in brackets, arguments with commas between them.
func parseCall(tokens []token) (skipperCall, bool) {
	last := len(tokens) - 1
	if last < 2 || tokens[0].kind != eskipName || tokens[1].text != "(" || tokens[last].text != ")" {
		return skipperCall{}, false
	}
	call := skipperCall{name: tokens[0].text}
	if last == 2 {
		return call, true
	}
	for _, argument := range splitTokens(tokens[2:last], ",") {
		if len(argument) != 1 || argument[0].kind != eskipLiteral {
			return skipperCall{}, false
		}
		call.arguments = append(call.arguments, unquote(argument[0].text))
	}
	return call, true
}

// unquote returns the text of a literal: a backslash stands before the sign that would end it, and before itself.
func unquote(literal string) string {
	quote := literal[:1]
	if quote != `"` && quote != "`" {
		return literal
	}
	return strings.NewReplacer(`\\`, `\`, `\`+quote, quote).Replace(literal[1 : len(literal)-1])
}

// skipperRoute is a route in eskip.
type skipperRoute struct {
	filters []skipperCall
	// addresses are those of the backends; none where Skipper answers by itself.
	addresses []string
}

// parseRoutes reads routes: predicates, filters and a backend with arrows between them. The result is false where Skipper would
// not accept them.
func parseRoutes(code string) ([]skipperRoute, bool) {
	tokens, ok := eskipTokens(code)
	if !ok {
		return nil, false
	}
	var routes []skipperRoute
	for _, definition := range splitTokens(tokens, ";") {
		parts := splitTokens(definition, "->")
		if len(definition) == 0 {
			continue
		}
		if len(parts) < 2 {
			return nil, false
		}
		filters, ok := parseCalls(parts[1 : len(parts)-1])
		if !ok {
			return nil, false
		}
		route := skipperRoute{filters: filters}
		for _, t := range parts[len(parts)-1] {
			if t.kind == eskipLiteral || t.text == "<dynamic>" {
				route.addresses = append(route.addresses, unquote(t.text))
			}
		}
		routes = append(routes, route)
	}
	return routes, true
}
