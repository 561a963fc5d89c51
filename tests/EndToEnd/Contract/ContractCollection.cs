namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>What is asked of every operation is asked of one server, one walk after the other.</summary>
[CollectionDefinition(nameof(ContractCollection))]
public sealed class ContractCollection : ICollectionFixture<Personas>;
