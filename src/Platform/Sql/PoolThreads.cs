namespace BigTech.Platform.Sql;

/// <summary>
/// The driver of a server blocks a thread of the pool for each read. The pool starts as many threads as there are processors at once and then a
/// few a second: reads that wait for a server would hold up everything else, requests that need no store included. So each store adds
/// its readers to what the pool starts at once.
/// </summary>
internal static class PoolThreads
{
    private static readonly Lock Gate = new();

    /// <param name="change">How many threads more, or less where a store is closed.</param>
    public static void Add(int change)
    {
        lock (Gate)
        {
            ThreadPool.GetMinThreads(out var threads, out var completionThreads);
            ThreadPool.SetMinThreads(threads + change, completionThreads);
        }
    }
}
