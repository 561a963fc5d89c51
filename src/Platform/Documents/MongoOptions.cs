using System.ComponentModel.DataAnnotations;

namespace BigTech.Platform.Documents;

/// <summary>Section <c>Mongo</c>.</summary>
public sealed class MongoOptions
{
    /// <summary>Where the servers are, as in <c>mongodb://user:password@one,two/?replicaSet=rs0&amp;tls=true</c>.</summary>
    public string? Uri { get; set; }

    [RegularExpression("^[A-Za-z0-9_-]{1,60}$", ErrorMessage = "Database must have 1 to 60 letters, digits, _ or -.")]
    public string Database { get; set; } = "bigtech_chat";

    /// <summary>How many reads run at once; each takes a connection.</summary>
    [Range(1, 256)]
    public int Workers { get; set; } = 8;

    /// <summary>How long a call may take: for a turn, a server, a connection and the answers, all together.</summary>
    [Range(100, 60_000)]
    public int TimeoutMilliseconds { get; set; } = 3000;
}
