package member

// What decides who may do what with whom.
var (
	MayManage = mayManage
	MayGrant  = mayGrant
)
