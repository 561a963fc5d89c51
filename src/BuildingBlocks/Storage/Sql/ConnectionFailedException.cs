using System.Data.Common;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>The server cannot be reached, or the driver cannot read its data: not the fault of a statement.</summary>
internal sealed class ConnectionFailedException(string message, Exception? cause = null) : DbException(message, cause);
