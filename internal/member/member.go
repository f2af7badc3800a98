// Package member is how people come to belong to an organization, what role they
// have in it, and how they leave it.
package member
