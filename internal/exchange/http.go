package exchange

import (
	"coffre/internal/billingsync"
	"coffre/internal/web"
)

// MountCloud adds the route of a cloud.
func MountCloud(r *web.Router, c *Cloud) {
	web.Handle(r, "POST /api/"+pathV1, func(call *web.Call, in RequestV1) (AnswerV1, error) {
		return c.AnswerV1(call.Context(), call.Caller.InstallationID, in)
	}, web.Machine(billingsync.ScopeSync))
}
