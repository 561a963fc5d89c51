namespace BigTech.DataMigration;

/// <summary>Migrates one table in the order of its key: the target always holds a prefix of the source.</summary>
internal interface ITableMigration
{
    /// <summary>Compares the target's rows with the source's, one by one.</summary>
    /// <exception cref="StartupException">The target is not a prefix of the source.</exception>
    MigratedTable Compare(CancellationToken ct);

    /// <summary>Copies the rows that the target lacks; call it after <see cref="Compare"/>.</summary>
    Task Copy(Action<MigratedTable> progress, CancellationToken ct);
}
