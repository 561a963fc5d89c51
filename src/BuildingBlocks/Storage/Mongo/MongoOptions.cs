using System.ComponentModel.DataAnnotations;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>Section <c>Mongo</c>.</summary>
public sealed class MongoOptions
{
    /// <summary>The servers, as in <c>mongodb://user:password@one,two/?replicaSet=rs0&amp;tls=true</c>.</summary>
    public string? Uri { get; set; }

    [RegularExpression("^[A-Za-z0-9_-]{1,60}$", ErrorMessage = "Database must have 1 to 60 letters, digits, _ or -.")]
    public string Database { get; set; } = "bigtech_chat";

    /// <summary>The number of concurrent reads; each uses a connection.</summary>
    [Range(1, 256)]
    public int Workers { get; set; } = 8;

    /// <summary>The time limit of a call, in milliseconds: queue, server selection, connection and answers together.</summary>
    [Range(100, 60_000)]
    public int TimeoutMilliseconds { get; set; } = 3000;
}
