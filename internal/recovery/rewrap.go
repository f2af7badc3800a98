package recovery

import (
	"context"

	"coffre/internal/id"
	"coffre/internal/org"
)

// Enrollments returns the organizations that may recover a person's account.
func (s *Service) Enrollments(ctx context.Context, accountID id.ID) ([]Enrollment, error) {
	memberships, err := s.enrolled(ctx, accountID)
	list := make([]Enrollment, len(memberships))
	for i, m := range memberships {
		o := m.Organization
		list[i] = Enrollment{o.ID, o.Name, o.PublicKey, m.Member.Status == org.Revoked}
	}
	return list, err
}

func (s *Service) enrolled(ctx context.Context, accountID id.ID) (enrolled []org.Membership, err error) {
	memberships, err := s.Organizations.Ties(ctx, accountID)
	for _, m := range memberships {
		if m.Member.ResetPasswordKey != "" {
			enrolled = append(enrolled, m)
		}
	}
	return enrolled, err
}

// Hold keeps whoever else changes the memberships of a person waiting until the
// transaction of ctx ends.
func (s *Service) Hold(ctx context.Context, accountID id.ID) error {
	return s.Organizations.LockTied(ctx, accountID)
}

// Rewrap replaces a person's user key for the organizations that may recover the
// account. One that keys does not name keeps nothing: the key that it has opens
// nothing any more. It takes part in the transaction of the key rotation.
func (s *Service) Rewrap(ctx context.Context, accountID id.ID, keys map[id.ID]string) error {
	enrolled, err := s.enrolled(ctx, accountID)
	if err != nil {
		return err
	}
	fresh := map[id.ID]string{}
	for _, m := range enrolled {
		if key := keys[m.Organization.ID]; key != "" {
			fresh[m.Member.ID] = key
			continue
		}
		if err := s.Members.Enroll(ctx, m.Member, ""); err != nil {
			return err
		}
	}
	return s.Members.Rewrap(ctx, fresh)
}
