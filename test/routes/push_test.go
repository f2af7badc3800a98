package routes_test

import "coffre/internal/id"

// pushRows are the hubs, which take sockets and nothing else, and the relay of a
// cloud.
var pushRows = []row{
	{routes: []string{"GET /notifications/hub"}, ok: 400},
	{routes: []string{"POST /notifications/hub/negotiate"}},
	{
		routes: []string{"GET /notifications/anonymous-hub"}, open: true, ok: 400,
		given: func(*world) given { return given{query: map[string]string{"Token": id.New().String()}} },
	},
	{
		routes: []string{"POST /push/register"}, on: cloud, machine: scopePush,
		given: sends(object{
			"deviceId": "device", "pushToken": "push", "userId": "person", "type": 0, "identifier": "phone",
			"organizationIds": []any{"acme"},
		}),
		required: []string{"deviceId", "pushToken", "userId", "identifier"},
		longest:  map[string]int{"deviceId": 100, "pushToken": 5_000, "userId": 100, "identifier": 100},
	},
	{routes: []string{"POST /push/delete"}, on: cloud, machine: scopePush, given: sends(object{"id": "device", "type": 0}), required: []string{"id"}},
	{
		routes: []string{"POST /push/delete/{id}"}, on: cloud, machine: scopePush,
		given: func(*world) given { return given{path: map[string]any{"id": "device"}} }, words: true,
	},
	{
		routes: []string{"PUT /push/add-organization", "PUT /push/delete-organization"}, on: cloud, machine: scopePush,
		given:    sends(object{"devices": []any{object{"id": "device", "type": 0}}, "organizationId": "acme"}),
		required: []string{"devices", "organizationId"},
	},
	{
		routes: []string{"POST /push/send"}, on: cloud, machine: scopePush,
		given:    sends(object{"userId": "person", "type": 5, "payload": object{"date": "2026-11-23T12:00:00Z"}}),
		required: []string{"type"},
	},
}
