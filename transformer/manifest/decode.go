package manifest

import (
	"encoding/json"
	"fmt"

	strictjson "sigs.k8s.io/json"
)

// Decode reads the item into object, a pointer to a k8s.io/api type or to a struct with json tags. Fields that the type
// does not know are let through. The error is a *ParseError, or says which field has the wrong type.
func (i *Item) Decode(object any) error {
	data, err := i.JSON()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, object); err != nil {
		return i.notValid(err)
	}
	return nil
}

// DecodeStrict is Decode that refuses fields that the type does not know, because the API server drops them.
func (i *Item) DecodeStrict(object any) error {
	data, err := i.JSON()
	if err != nil {
		return err
	}
	unknown, err := strictjson.UnmarshalStrict(data, object)
	if err == nil && len(unknown) > 0 {
		err = unknown[0]
	}
	if err != nil {
		return i.notValid(err)
	}
	return nil
}

func (i *Item) notValid(err error) error {
	return fmt.Errorf("is not a valid %s of %s: %w", i.Kind(), i.APIVersion(), err)
}

// JSON returns the content of the item as JSON, with the types that Kubernetes reads: a plain yes is true, 0x10 is 16.
func (i *Item) JSON() ([]byte, error) {
	node, err := i.Node()
	if err != nil {
		return nil, err
	}
	return encodeJSON(node.YNode())
}
