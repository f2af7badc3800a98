package cipher_test

import "coffre/internal/collection"

var manage = collection.Access{Manage: true}
