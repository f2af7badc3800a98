package operator

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/web"
)

func (h handler) mountPeople(r *web.Router) {
	web.Handle(r, "GET /admin/api/people", h.people, web.Operator)
}

type personView struct {
	ID               id.ID      `json:"id"`
	Email            string     `json:"email"`
	Name             string     `json:"name"`
	EmailVerified    bool       `json:"emailVerified"`
	TwoStep          bool       `json:"twoStep"`
	CreationDate     time.Time  `json:"creationDate"`
	LastActivityDate *time.Time `json:"lastActivityDate"`
	Object           string     `json:"object"`
}

func viewOfPerson(p Person) personView {
	return personView{
		p.ID, p.Email, p.Name, p.EmailVerified, p.TwoStep, p.CreatedAt, optional(p.ActiveAt), "operatorPerson",
	}
}

func (h handler) people(c *web.Call, _ struct{}) (web.List[personView], error) {
	ask := func(p Slice) ([]Person, bool, error) { return h.service.SearchPeople(c.Context(), p) }
	return part(c, ask, viewOfPerson)
}
