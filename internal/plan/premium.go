package plan

// PremiumPlan is what a person may buy for themselves, for a year. Prices are in
// cents.
type PremiumPlan struct {
	Price         int
	StoragePrice  int // for each further GB
	BaseStorageGB int
}

// Premium is the only plan for people.
var Premium = PremiumPlan{Price: 1000, StoragePrice: annualStorage, BaseStorageGB: includedStorage}
