using System.Data.Common;

namespace BigTech.Tests.Integration.Sql;

/// <summary>The failure of a database that cannot write.</summary>
internal sealed class DiskFullException() : DbException("The disk is full.");
