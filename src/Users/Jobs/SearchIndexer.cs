using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Jobs;

/// <summary>
/// Makes the users searchable who signed up before there were search terms: after the start, beside all requests, in small steps. An
/// interrupted one goes on with the next start; until its end, searches find those who are done.
/// </summary>
internal sealed partial class SearchIndexer(
    [FromKeyedServices(UsersDatabase.Name)] Store store, TimeProvider time, ILogger<SearchIndexer> logger)
    : PeriodicService("Indexing names for search", Timeout.InfiniteTimeSpan, time, logger)
{
    private const int UsersPerStep = 100;
    private const int UsersPerReport = 20_000;

    protected override TimeSpan RetryPause => TimeSpan.FromSeconds(10);

    public override async Task RunOnce(CancellationToken ct)
    {
        var all = await store.Read(SearchTermRows.CountUnindexed, ct);
        if (all == 0) return;
        LogBegun(Logger, all);
        var (done, step) = (0, UsersPerStep);
        while (step > 0)
        {
            ct.ThrowIfCancellationRequested();
            step = await store.Write(work => SearchTermRows.IndexNext(work, UsersPerStep));
            done += step;
            if (step > 0 && done % UsersPerReport == 0) LogProgress(Logger, done, all);
        }
        LogEnded(Logger, done);
    }

    [LoggerMessage(1, LogLevel.Information, "Indexing the names of {Count} users for search; until that is done, searches do not find all")]
    private static partial void LogBegun(ILogger logger, long count);

    [LoggerMessage(2, LogLevel.Information, "Indexed the names of {Done} of {Count} users for search")]
    private static partial void LogProgress(ILogger logger, int done, long count);

    [LoggerMessage(3, LogLevel.Information, "Indexed the names of {Done} users for search; searches find all users")]
    private static partial void LogEnded(ILogger logger, int done);
}
