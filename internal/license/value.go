package license

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
)

// The functions of this file take pointers to the types that members have.

// signedPlans are the words for plans in the signed data. Later plans have no
// word: they are written as their number.
var signedPlans = [...]string{
	"Free", "FamiliesAnnually", "TeamsMonthly", "TeamsAnnually", "EnterpriseMonthly", "EnterpriseAnnually", "Custom",
}

// signedText returns a value as the signed data spells it; nothing is "".
func signedText(p any) string {
	switch v := p.(type) {
	case *string:
		return *v
	case *bool:
		return strconv.FormatBool(*v)
	case *int:
		return strconv.Itoa(*v)
	case **int:
		if *v != nil {
			return strconv.Itoa(**v)
		}
	case *time.Time:
		if !v.IsZero() {
			return strconv.FormatInt(roundedUnix(*v), 10)
		}
	case *id.ID:
		return v.String()
	case *plan.Type:
		if *v >= 0 && int(*v) < len(signedPlans) {
			return signedPlans[*v]
		}
		return strconv.Itoa(int(*v))
	case *Kind:
		return v.String()
	}
	return ""
}

// roundedUnix rounds to the nearest second, and half a second to the even one, as
// the makers of the format do: JSON keeps fractions that the signed data loses.
func roundedUnix(t time.Time) int64 {
	const half = 500_000_000
	second, rest := t.Unix(), t.Nanosecond()
	if rest > half || rest == half && second%2 != 0 {
		second++
	}
	return second
}

// claimTime is how a token writes an instant: without a zone, in UTC.
const claimTime = "01/02/2006 15:04:05"

// claimText returns a value as a token spells it, and whether it is one.
func claimText(p any) (string, bool) {
	switch v := p.(type) {
	case *bool:
		if *v {
			return "True", true
		}
		return "False", true
	case *time.Time:
		return v.UTC().Format(claimTime), !v.IsZero()
	case *id.ID:
		return v.String(), !v.IsZero()
	case *plan.Type:
		return strconv.Itoa(int(*v)), true
	default:
		text := signedText(p)
		return text, text != ""
	}
}

// setClaim reads what claimText wrote, and names for numbers in any case.
func setClaim(p any, text string) (err error) {
	switch v := p.(type) {
	case *string:
		*v = text
	case *bool:
		*v, err = strconv.ParseBool(text)
	case **int:
		*v = new(int)
		**v, err = strconv.Atoi(text)
	case *time.Time:
		*v, err = parseTime(text, claimTime)
	case *id.ID:
		*v, err = id.Parse(text)
	case *plan.Type:
		*v, err = parsePlan(text)
	case *Kind:
		*v, err = parseKind(text)
	default:
		err = fmt.Errorf("%T cannot be a claim", p)
	}
	return err
}

// jsonValue returns what encoding/json shall write.
func jsonValue(p any) any {
	switch v := p.(type) {
	case *string:
		if *v == "" {
			return nil
		}
	case *time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UTC()
	case *Kind:
		if *v == Unstated {
			return nil
		}
		return int(*v - ForUser)
	}
	return p
}

// nullable reports whether a value may be null in JSON.
func nullable(p any) bool {
	switch p.(type) {
	case *string, **int, *time.Time, *id.ID, *Kind:
		return true
	default:
		return false
	}
}

// setJSON reads a value that is not null.
func setJSON(p any, raw json.RawMessage) (err error) {
	switch v := p.(type) {
	case *time.Time:
		var text string
		if err = json.Unmarshal(raw, &text); err == nil {
			*v, err = parseTime(text, time.RFC3339Nano)
		}
	case *plan.Type:
		*v, err = parsePlan(strings.Trim(string(raw), `"`))
	case *Kind:
		*v, err = parseKind(strings.Trim(string(raw), `"`))
	default:
		err = json.Unmarshal(raw, p)
	}
	return err
}

// parseTime reads an instant of one layout, or of ISO 8601 with or without a
// zone; none is UTC. The year 1 is how some clouds write no date.
func parseTime(text, layout string) (time.Time, error) {
	for _, l := range []string{layout, time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		t, err := time.Parse(l, text)
		if err != nil {
			continue
		}
		if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
			break
		}
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a date", text)
}

func parsePlan(text string) (plan.Type, error) {
	if t, ok := plan.Named(text); ok {
		return t, nil
	}
	n, err := strconv.ParseUint(text, 10, 8)
	return plan.Type(n), err
}

func parseKind(text string) (Kind, error) {
	for i, k := range []Kind{ForUser, ForOrganization} {
		if text == strconv.Itoa(i) || strings.EqualFold(text, k.String()) {
			return k, nil
		}
	}
	return Unstated, fmt.Errorf("%q is not a type of license", text)
}

// copyValue copies between two pointers to one type.
func copyValue(to, from any) {
	switch v := from.(type) {
	case *string:
		*to.(*string) = *v
	case *bool:
		*to.(*bool) = *v
	case *int:
		*to.(*int) = *v
	case **int:
		*to.(**int) = *v
	case *time.Time:
		*to.(*time.Time) = *v
	case *id.ID:
		*to.(*id.ID) = *v
	case *plan.Type:
		*to.(*plan.Type) = *v
	case *Kind:
		*to.(*Kind) = *v
	}
}
