package event

// ListQuery is the statement of Store.List.
var ListQuery = listQuery
