package demo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const authorityYears = 5

// Authority is a certificate authority of this machine alone, with the one
// certificate that it gave out, for localhost.
type Authority struct {
	File        string // its own certificate, PEM, for clients to trust
	Certificate tls.Certificate
}

// OpenAuthority reads the authority of a folder, or makes it.
func OpenAuthority(folder string, now time.Time) (Authority, error) {
	a := Authority{File: filepath.Join(folder, "ca.pem")}
	certificateFile, keyFile := filepath.Join(folder, "localhost.pem"), filepath.Join(folder, "localhost.key")
	pair, err := tls.LoadX509KeyPair(certificateFile, keyFile)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeAuthority(a.File, certificateFile, keyFile, now); err != nil {
			return a, fmt.Errorf("make certificate authority: %w", err)
		}
		pair, err = tls.LoadX509KeyPair(certificateFile, keyFile)
	}
	a.Certificate = pair
	return a, err
}

// makeAuthority forgets the authority's key once it has signed: nobody can make
// it vouch for another name later.
func makeAuthority(caFile, certificateFile, keyFile string, now time.Time) error {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Coffre demo authority"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(authorityYears, 0, 0),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	caRaw, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return err
	}
	leafRaw, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
	if err != nil {
		return err
	}
	keyRaw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(filepath.Dir(caFile), 0o700),
		writePEM(caFile, "CERTIFICATE", caRaw),
		writePEM(certificateFile, "CERTIFICATE", leafRaw),
		writePEM(keyFile, "PRIVATE KEY", keyRaw),
	)
}

func writePEM(file, kind string, raw []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600)
}
