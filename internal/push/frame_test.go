package push_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/push"
)

func TestLengthComesInGroupsOfSevenBits(t *testing.T) {
	tests := map[int][]byte{
		0:         {0},
		127:       {0x7F},
		128:       {0x80, 0x01},
		16_383:    {0xFF, 0x7F},
		16_384:    {0x80, 0x80, 0x01},
		2_097_152: {0x80, 0x80, 0x80, 0x01},
	}
	for size, want := range tests {
		got := push.Framed(make([]byte, size))
		if !bytes.Equal(got[:len(want)], want) || len(got) != len(want)+size {
			t.Errorf("%d bytes: got % x", size, got[:len(want)])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "body")
		framed := push.Framed(body)
		length, n := binary.Uvarint(framed)
		if int(length) != len(body) || !bytes.Equal(framed[n:], body) {
			t.Errorf("% x became % x", body, framed)
		}
	})
}

func FuzzHandshake(f *testing.F) {
	f.Add([]byte(binaryHandshake))
	f.Add([]byte(jsonHandshake))
	f.Add([]byte("{}\x1e"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if push.Handshake(raw) && !bytes.Contains(raw, []byte("protocol")) && !bytes.Contains(bytes.ToLower(raw), []byte("protocol")) {
			t.Errorf("%q is taken for a handshake", raw)
		}
	})
}

func TestPayloadsHoldWhatTheirKindHolds(t *testing.T) {
	person, thing, organization := id.ID{1}, id.ID{2}, id.ID{3}
	user, it, acme := person.String(), thing.String(), organization.String()
	dated := map[string]any{"UserId": user, "Date": noon}
	revised := map[string]any{"Id": it, "UserId": user, "RevisionDate": noon}
	tests := map[string]struct {
		notice notice.Notice
		want   map[string]any
	}{
		"own item": {notice.Notice{Kind: notice.CipherUpdated, ID: thing, At: noon}, map[string]any{
			"Id": it, "UserId": user, "OrganizationId": nil, "CollectionIds": nil, "RevisionDate": noon,
		}},
		"shared item": {notice.Notice{Kind: notice.CipherDeleted, ID: thing, OrganizationID: organization, CollectionIDs: []id.ID{thing}, At: noon}, map[string]any{
			"Id": it, "UserId": nil, "OrganizationId": acme, "CollectionIds": []any{it}, "RevisionDate": noon,
		}},
		"folder":        {notice.Folder(notice.FolderDeleted, person, thing, noon), revised},
		"Send":          {notice.Notice{Kind: notice.SendCreated, ID: thing, At: noon}, revised},
		"items":         {notice.Notice{Kind: notice.CiphersChanged, At: noon}, dated},
		"vault":         {notice.Vault(noon, person), dated},
		"keys":          {notice.OrgKeys(noon, person), dated},
		"settings":      {notice.Settings(person, noon), dated},
		"organizations": {notice.Organizations(noon, person), dated},
		"log-out":       {notice.LogOut(person, noon), dated},
		"log-out with a reason": {
			notice.Notice{Kind: notice.LoggedOut, At: noon, Reason: new(notice.KeyRotated)},
			map[string]any{"UserId": user, "Date": noon, "Reason": 1},
		},
		"auth request": {notice.AuthRequest(notice.AuthRequestCreated, person, thing), map[string]any{"Id": it, "UserId": user}},
		"status": {
			notice.Notice{Kind: notice.OrganizationStatus, Organization: organization, Members: map[string]any{"Enabled": true}},
			map[string]any{"OrganizationId": acme, "Enabled": true},
		},
		"premium": {notice.Premium(person, true), map[string]any{"UserId": user, "Premium": true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.notice.People = []id.ID{person}
			if diff := cmp.Diff(test.want, push.Payload(test.notice)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
