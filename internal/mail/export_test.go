package mail

// Render is what Outbox does with a template.
var Render = render
