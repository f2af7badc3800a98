package org

import (
	"context"

	"coffre/internal/id"
	"coffre/internal/plan"
)

// SelfHostedStorageGB is what every organization of a self-hosted server has for
// attachments: the disk is its operator's.
const SelfHostedStorageGB = 10_240

// Found makes an organization that stands on this server alone, for whoever may
// have one by MayFound. It has everything that this version can do, for as many
// people as it likes and without end.
func (s *Service) Found(ctx context.Context, caller id.ID, n New) (Organization, error) {
	if err := s.MayFound(ctx, caller); err != nil {
		return Organization{}, err
	}
	n.Terms = ownTerms()
	return s.Create(ctx, caller, n)
}

// ownTerms are those of the largest plan, without what this version does not have:
// clients offer what an organization has.
func ownTerms() Terms {
	p, _ := plan.Of(plan.EnterpriseAnnually)
	f := p.Features
	f.UseSSO, f.UseKeyConnector, f.UseSCIM, f.UseDirectory = false, false, false, false
	f.UseOrganizationDomains, f.UseRiskInsights, f.UseInviteLinks = false, false, false
	f.SelfHost = false // there is no license to download here
	return Terms{
		Plan: p.Name, PlanType: p.Type, MaxStorageGB: new(SelfHostedStorageGB), Features: f, Enabled: true, Basis: Own,
	}
}
