package id_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"coffre/internal/id"
)

func TestTextComesBackAsTheSameID(t *testing.T) {
	for _, v := range []id.ID{id.New(), id.NewOrdered()} {
		if got, err := id.Parse(v.String()); err != nil || got != v {
			t.Errorf("%s came back as %s, %v", v, got, err)
		}
	}
}

func TestOrderedIDsSortByTheTimeTheyWereMade(t *testing.T) {
	var made []string
	for range 100 {
		made = append(made, id.NewOrdered().String())
	}
	if !slices.IsSorted(made) {
		t.Error("they do not")
	}
}

func TestOnlyTheTextFormIsAnID(t *testing.T) {
	good := id.New().String()
	for _, text := range []string{"", "7", good[1:], good + "0", "{" + good + "}", "urn:uuid:" + good, good[:35] + "g"} {
		if v, err := id.Parse(text); err == nil {
			t.Errorf("%q is %s", text, v)
		}
	}
}

func TestJSONNamesTheMemberThatIsNoID(t *testing.T) {
	var in struct {
		Inner struct {
			Owner id.ID `json:"owner"`
		} `json:"inner"`
	}
	for _, body := range []string{`{"inner":{"owner":"me"}}`, `{"inner":{"owner":7}}`, `{"inner":{"owner":{}}}`} {
		wrong, ok := errors.AsType[*json.UnmarshalTypeError](json.Unmarshal([]byte(body), &in))
		if !ok || wrong.Field != "inner.owner" {
			t.Errorf("%s: got %+v", body, wrong)
		}
	}
}

func TestZeroIDIsNullEverywhere(t *testing.T) {
	raw, err := json.Marshal(id.ID{})
	if err != nil || string(raw) != "null" {
		t.Errorf("JSON %s, %v", raw, err)
	}
	value, err := id.ID{}.Value()
	if err != nil || value != nil {
		t.Errorf("database %v, %v", value, err)
	}
	for _, body := range []string{`null`, `""`} {
		v := id.New()
		if err := json.Unmarshal([]byte(body), &v); err != nil || !v.IsZero() {
			t.Errorf("%s is %s, %v", body, v, err)
		}
	}
	v := id.New()
	if err := v.Scan(nil); err != nil || !v.IsZero() {
		t.Errorf("NULL is %s, %v", v, err)
	}
}
