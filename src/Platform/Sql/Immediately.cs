namespace BigTech.Platform.Sql;

/// <summary>What readers and the writer share is written for both. The writer has a thread of its own: for it every query ends before its call returns.</summary>
public static class Immediately
{
    /// <summary>What a query of a <see cref="UnitOfWork"/> has found.</summary>
    /// <exception cref="InvalidOperationException">The query is still on its way: it is not the writer's.</exception>
    public static T Now<T>(this ValueTask<T> query) =>
        query.IsCompleted ? query.GetAwaiter().GetResult() : throw new InvalidOperationException("Only the queries of a writer end at once.");
}
