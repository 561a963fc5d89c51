namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>The catalogs of requests to every operation share one server and run one after the other.</summary>
[CollectionDefinition(nameof(ContractCollection))]
public sealed class ContractCollection : ICollectionFixture<Personas>;
