package policy_test

import (
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/policy"
)

// state is what the three policies about Sends say.
type state struct {
	noSend, noHiding bool
	controls         string // the data of the newest one, "" while it is off
}

func TestThePoliciesAboutSendsSayTheSame(t *testing.T) {
	const hours = `"deletionHours":24,"disableHideEmail":`
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		for _, step := range []struct {
			what       string
			policyType policy.Type
			on         bool
			data       string
			want       state
		}{
			{"nothing that was never on", policy.DisableSend, false, "", state{}},
			{"no Sends", policy.DisableSend, true, "", state{true, false, `{"disableHideEmail":false,"disableSend":true}`}},
			{"no hiding too", policy.SendOptions, true, `{"disableHideEmail":true}`, state{true, true, `{"disableHideEmail":true,"disableSend":true}`}},
			{"Sends again", policy.DisableSend, false, "", state{false, true, `{"disableHideEmail":true,"disableSend":false}`}},
			{"hiding again", policy.SendOptions, true, `{"disableHideEmail":false}`, state{}},
			{"both by the newest", policy.SendControls, true, `{` + hours + `true,"disableSend":true}`, state{true, true, `{` + hours + `true,"disableSend":true}`}},
			{"one by the newest", policy.SendControls, true, `{` + hours + `true}`, state{false, true, `{` + hours + `true}`}},
			{"what only the newest knows stays", policy.SendOptions, false, "", state{false, false, `{` + hours + `false,"disableSend":false}`}},
			{"the newest off", policy.SendControls, false, `{` + hours + `true,"disableSend":true}`, state{}},
			{"what was off does not come back", policy.DisableSend, true, "", state{true, false, `{"disableHideEmail":false,"disableSend":true}`}},
			{"all off", policy.SendControls, false, "", state{}},
		} {
			w.set(t, step.policyType, step.on, step.data)
			if got := w.sends(t); got != step.want {
				t.Errorf("%s: got %+v, want %+v", step.what, got, step.want)
			}
		}
	})
}

func TestWhatChangesAlongIsLoggedToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.later()
		count := func() (n int) {
			for _, e := range w.Recorded(t) {
				if e.Type == event.PolicyUpdated {
					n++
				}
			}
			return n
		}
		w.set(t, policy.SendControls, true, `{"disableSend":true,"disableHideEmail":true}`)
		if got := count(); got != 3 || len(w.Said) != 3 {
			t.Errorf("logged %d, said %d", got, len(w.Said))
		}
		w.set(t, policy.SendControls, true, `{"disableSend":true,"disableHideEmail":true}`)
		if got := count(); got != 4 {
			t.Errorf("what stays as it was: logged %d", got)
		}
	})
}

func (w *crew) sends(t testing.TB) state {
	t.Helper()
	get := func(policyType policy.Type) policy.Policy {
		p, err := w.Policies.Get(t.Context(), w.owner, w.o.ID, policyType)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	s := state{noSend: get(policy.DisableSend).Enabled}
	if options := get(policy.SendOptions); options.Enabled {
		s.noHiding = string(options.Data) == `{"disableHideEmail":true}`
	}
	if controls := get(policy.SendControls); controls.Enabled {
		s.controls = string(controls.Data)
	}
	return s
}
