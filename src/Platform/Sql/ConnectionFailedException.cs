using System.Data.Common;

namespace BigTech.Platform.Sql;

/// <summary>The server cannot be reached, or what came over the connection makes no sense to the driver: the fault of no statement.</summary>
internal sealed class ConnectionFailedException(string message, Exception? cause = null) : DbException(message, cause);
