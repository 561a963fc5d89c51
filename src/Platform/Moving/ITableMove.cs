namespace BigTech.Platform.Moving;

/// <summary>The move of one table, in the order of its key: what the target has is at any time the first part of what there is.</summary>
internal interface ITableMove
{
    /// <summary>Compares what the target has with the file's rows, one by one.</summary>
    /// <exception cref="StartupException">It is not the first part of them.</exception>
    MovedTable Compare(CancellationToken ct);

    /// <summary>Copies what the target does not have yet; to be called after <see cref="Compare"/>.</summary>
    Task Copy(Action<MovedTable> progress, CancellationToken ct);
}
