using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Core;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class PeriodicServiceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly ManualTime _time = new();
    private readonly MessageList _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rounds_are_at_the_start_after_every_interval_and_on_request()
    {
        using var service = await Start();
        await service.HasRun(1);
        _time.Advance(Interval);
        await service.HasRun(2);
        _time.Advance(Interval);
        await service.HasRun(3);
        service.RunNow();
        await service.HasRun(4);
        await service.StopAsync(Ct);
        _time.Timers.ShouldBe(0);
        _log.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failed_round_is_logged_and_repeated_after_the_pause_for_it()
    {
        using var service = await Start(failures: 2);
        await service.HasRun(1);
        for (var round = 2; round <= 3; round++)
        {
            await Eventually.Holds(() => _time.Timers == 2, "the pause after the failure");
            _time.Advance(RetryPause);
            await service.HasRun(round);
        }
        _log.ShouldBe(["Warning: Counting failed; retrying", "Warning: Counting failed; retrying"]);
        _time.Advance(Interval);
        await service.HasRun(4);
        await service.StopAsync(Ct);
    }

    [Fact]
    public async Task Work_that_is_only_asked_for_waits_until_then()
    {
        using var service = await Start(runsAtStart: false);
        await Eventually.Holds(() => _time.Timers == 1, "the service waiting");
        service.Rounds.ShouldBe(0);
        service.RunNow();
        await service.HasRun(1);
        await service.StopAsync(Ct);
    }

    [Fact]
    public async Task A_round_that_runs_ends_with_the_service_and_is_no_failure()
    {
        using var service = await Start(blocks: true);
        await service.HasRun(1);
        await service.StopAsync(Ct);
        service.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
        _log.ShouldBeEmpty();
    }

    private async Task<Counter> Start(int failures = 0, bool runsAtStart = true, bool blocks = false)
    {
        var service = new Counter(_time, _log, failures, runsAtStart, blocks);
        await service.StartAsync(Ct);
        return service;
    }

    private sealed class Counter(TimeProvider time, ILogger logger, int failures, bool runsAtStart, bool blocks)
        : PeriodicService("Counting", Interval, time, logger)
    {
        private int _rounds;

        public int Rounds => Volatile.Read(ref _rounds);

        protected override bool RunsAtStart => runsAtStart;

        protected override TimeSpan RetryPause => PeriodicServiceTests.RetryPause;

        public override async Task RunOnce(CancellationToken ct)
        {
            var round = Interlocked.Increment(ref _rounds);
            if (blocks) await new TaskCompletionSource().Task.WaitAsync(ct);
            if (round <= failures) throw new InvalidOperationException("This round fails.");
        }

        public Task HasRun(int rounds) => Eventually.Holds(() => Rounds == rounds, $"{rounds} rounds");
    }

    private sealed class MessageList : ConcurrentQueue<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
