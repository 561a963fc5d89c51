namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>For code that readers and the writer share. The writer has its own thread: its queries complete synchronously.</summary>
public static class Immediately
{
    /// <summary>The result of a query of a <see cref="UnitOfWork"/>.</summary>
    /// <exception cref="InvalidOperationException">The query has not completed: it is not the writer's.</exception>
    public static T Now<T>(this ValueTask<T> query) =>
        query.IsCompleted
            ? query.GetAwaiter().GetResult()
            : throw new InvalidOperationException("Only the queries of a writer end at once.");
}
