using System.ComponentModel.DataAnnotations;

namespace BigTech.Platform.Sql;

/// <summary>What the stores live in.</summary>
public enum SqlEngineKind
{
    /// <summary>A file per context in the data directory.</summary>
    Sqlite,

    /// <summary>A database per context on a MariaDB or MySQL server.</summary>
    MySql,
}

/// <summary>Section <c>Sql</c>.</summary>
public sealed class SqlOptions
{
    public SqlEngineKind Engine { get; set; }

    /// <summary>The server and the account, as MySqlConnector writes it, without a database.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>What the names of the databases begin with; the name of the context follows.</summary>
    [RegularExpression("[A-Za-z0-9_]{0,40}", ErrorMessage = "DatabasePrefix may have up to 40 letters A-Z, digits and underscores.")]
    public string DatabasePrefix { get; set; } = "bigtech_";

    /// <summary>How many connections a store of this process reads with at most, on a server.</summary>
    [Range(1, 1000)]
    public int Readers { get; set; } = 16;
}
