package billingsync_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
)

func TestConnectionIsTriedAgainAndLeftAsItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.connect(t)
		before := h.stored(t)
		found, err := h.Try(t.Context(), made)
		if err != nil || found.OrganizationName != "Acme" {
			t.Errorf("found %+v, %v", found, err)
		}
		h.cloud.rotate(t)
		_, err = h.Try(t.Context(), made)
		wantCode(t, err, "key-unknown")
		if after := h.stored(t); after != before {
			t.Errorf("the connection became %+v, was %+v", after, before)
		}
	})
}

func TestConnectionsAreThoseThatRunsMayUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		listed := func(want int) {
			t.Helper()
			list, err := h.Store.Connections(t.Context())
			if err != nil || len(list) != want || want == 1 && list[0] != h.stored(t) {
				t.Errorf("listed %+v, %v, want %d", list, err, want)
			}
		}
		listed(0)
		made := h.connect(t)
		listed(1)
		if err := h.Disconnect(t.Context(), h.owner, made.ID); err != nil {
			t.Fatal(err)
		}
		listed(0)
	})
}

// What answers at an address without its path is no region that nobody names.
func TestRegionIsToldByACloudAlone(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		code   string
		region string
	}{
		"a cloud":                 {http.StatusOK, `{"environment":{"cloudRegion":"EU"}}`, "", "EU"},
		"a cloud without regions": {http.StatusOK, `{}`, "", ""},
		"an address beside it":    {http.StatusNotFound, `{"message":"Not found."}`, "cloud-unreachable", ""},
		"a page of a proxy":       {http.StatusForbidden, `<html>`, "cloud-unreachable", ""},
		"a cloud that is ill":     {http.StatusBadGateway, ``, "cloud-unreachable", ""},
		"a cloud that is busy":    {http.StatusTooManyRequests, ``, "cloud-busy", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer s.Close()
			// Nobody needs an installation to be told.
			cloud, err := billingsync.NewCloud(config.Cloud{Communication: true, URL: config.Address(s.URL)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			region, err := cloud.Region(t.Context())
			if wantCode(t, err, test.code); region != test.region {
				t.Errorf("got %q, want %q", region, test.region)
			}
		})
	}
}
