using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events;

/// <summary>A topic and the store of the context that publishes it.</summary>
public sealed record PublishedTopic(string Topic, Store Store);
