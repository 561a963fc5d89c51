using System.Diagnostics;

namespace BigTech.Load;

/// <summary>Shows what is being measured: one line that is rewritten on a terminal, otherwise a plain line per step.</summary>
internal sealed class Progress : IDisposable
{
    private const string ClearLine = "\r\u001b[K";
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly Stopwatch _run = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private readonly Timer? _timer;
    private string _step = "";
    private long _stepStartedAt;

    public Progress()
    {
        if (_isTerminal)
        {
            _timer = new Timer(_ => Draw(), null, Tick, Tick);
        }
    }

    /// <summary>Starts a new step.</summary>
    public void Step(string text)
    {
        lock (_lock)
        {
            _step = text;
            _stepStartedAt = Stopwatch.GetTimestamp();
        }

        if (_isTerminal)
        {
            Draw();
        }
        else
        {
            Console.WriteLine($"[{Elapsed}] {text}");
        }
    }

    /// <summary>Writes a line that is not rewritten.</summary>
    public void Note(string text)
    {
        lock (_lock)
        {
            Console.WriteLine(_isTerminal ? $"{ClearLine}{text}" : $"[{Elapsed}]   {text}");
        }

        Draw();
    }

    /// <summary>Ends the rewritten line.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        if (_isTerminal)
        {
            Console.Write(ClearLine);
        }
    }

    private string Elapsed => $"{(int)_run.Elapsed.TotalMinutes:00}:{_run.Elapsed.Seconds:00}";

    private void Draw()
    {
        if (!_isTerminal)
        {
            return;
        }

        lock (_lock)
        {
            var seconds = (int)Stopwatch.GetElapsedTime(_stepStartedAt).TotalSeconds;
            var line = $"[{Elapsed}] {_step} ({seconds} s)";
            var width = Console.WindowWidth > 1 ? Console.WindowWidth - 1 : line.Length;
            Console.Write(ClearLine + line[..Math.Min(line.Length, width)]);
        }
    }
}
