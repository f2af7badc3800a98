package account

// PasswordPolicy is what a person's organizations demand of a master password, as
// clients read it; nil is no demand.
type PasswordPolicy struct {
	MinComplexity  *int  `json:"minComplexity"` // 0 to 4, as clients estimate it
	MinLength      *int  `json:"minLength"`
	RequireLower   *bool `json:"requireLower"`
	RequireUpper   *bool `json:"requireUpper"`
	RequireNumbers *bool `json:"requireNumbers"`
	RequireSpecial *bool `json:"requireSpecial"`
	EnforceOnLogin *bool `json:"enforceOnLogin"`
}

// With returns what both demand together.
func (p PasswordPolicy) With(other PasswordPolicy) PasswordPolicy {
	return PasswordPolicy{
		MinComplexity: most(p.MinComplexity, other.MinComplexity), MinLength: most(p.MinLength, other.MinLength),
		RequireLower: either(p.RequireLower, other.RequireLower), RequireUpper: either(p.RequireUpper, other.RequireUpper),
		RequireNumbers: either(p.RequireNumbers, other.RequireNumbers), RequireSpecial: either(p.RequireSpecial, other.RequireSpecial),
		EnforceOnLogin: either(p.EnforceOnLogin, other.EnforceOnLogin),
	}
}

func most(a, b *int) *int {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func either(a, b *bool) *bool {
	if a == nil || b != nil && *b {
		return b
	}
	return a
}
