package finding

import "encoding/json"

// MarshalJSON writes the Finding for other programs. The form is stable: a key keeps its meaning, and new ones may come.
func (f Finding) MarshalJSON() ([]byte, error) {
	type object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Namespace  string `json:"namespace"`
		Name       string `json:"name"`
	}
	return json.Marshal(struct {
		Code     string   `json:"code"`
		Severity Severity `json:"severity"`
		Title    string   `json:"title"`
		Message  string   `json:"message"`
		Remedy   string   `json:"remedy"`
		Object   object   `json:"object"`
		Field    string   `json:"field"`
		File     string   `json:"file,omitempty"`
		Line     int      `json:"line,omitempty"`
		Waived   string   `json:"waived,omitempty"`
	}{
		f.Code, f.Severity, f.Title, f.Cause, f.Remedy,
		object{f.Object.APIVersion, f.Object.Kind, f.Object.Namespace, f.Object.Name},
		f.Field, f.Object.File, f.Object.Line, f.Waived,
	})
}
