using System.ComponentModel.DataAnnotations;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>The engine of the stores.</summary>
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

    /// <summary>The server and the account, as a connection string of MySqlConnector without a database.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The prefix of the database names; the name of the context follows.</summary>
    [RegularExpression("[A-Za-z0-9_]{0,40}", ErrorMessage = "DatabasePrefix may have up to 40 letters A-Z, digits and underscores.")]
    public string DatabasePrefix { get; set; } = "bigtech_";

    /// <summary>The maximum number of read connections per store of this process, on a server.</summary>
    [Range(1, 1000)]
    public int Readers { get; set; } = 16;
}
