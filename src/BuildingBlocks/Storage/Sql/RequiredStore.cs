namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>A store that this process cannot work without.</summary>
public sealed record RequiredStore(Store Store);
