package client

import "strconv"

// The providers of second steps that a client can answer by itself.
const (
	ByAuthenticator = 0
	Remembered      = 5
	ByRecoveryCode  = 8
)

// SecondStep is what a person proves besides the master password. The zero one is
// nothing.
type SecondStep struct {
	Provider int
	Token    string
	Remember bool // whether the device wants to be asked no more
}

func (s SecondStep) pairs() pairs {
	if s.Token == "" {
		return nil
	}
	remember := "0"
	if s.Remember {
		remember = "1"
	}
	return pairs{{"twoFactorToken", s.Token}, {"twoFactorProvider", strconv.Itoa(s.Provider)}, {"twoFactorRemember", remember}}
}

// next returns what to answer the next challenge with.
func (s SecondStep) next(remembered string) SecondStep {
	switch {
	case remembered != "":
		return SecondStep{Provider: Remembered, Token: remembered}
	case s.Provider == Remembered:
		return s
	}
	return SecondStep{}
}
