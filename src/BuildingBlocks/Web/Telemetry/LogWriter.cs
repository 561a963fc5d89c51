using System.Buffers;

namespace BigTech.BuildingBlocks.Web.Telemetry;

/// <summary>
/// Writes whole lines to an output, many at once: a write of its own for each request would cost more than the rest of its line. Lines wait
/// for a moment, urgent ones not at all. A normal end loses none; an output that takes nothing makes the program wait, as a console does.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int MaxWaiting = 4 * 1024 * 1024;
    private const int Enough = 64 * 1024;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly Stream _output;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private ArrayBufferWriter<byte> _waiting = new(Enough);
    private ArrayBufferWriter<byte> _writing = new(Enough);
    private bool _isUrgent;
    private bool _isClosed;
    private bool _hasEnded;

    public LogWriter(Stream output)
    {
        _output = output;
        _thread = new Thread(Loop) { Name = "log", IsBackground = true };
        _thread.Start();
        // Also where nothing disposes it, as after a start that failed.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public void Write(ReadOnlySpan<byte> line, bool isUrgent)
    {
        lock (_gate)
        {
            while (_waiting.WrittenCount > MaxWaiting && !_isClosed) Monitor.Wait(_gate);
            var isFirst = _waiting.WrittenCount == 0;
            _waiting.Write(line);
            _isUrgent |= isUrgent || _waiting.WrittenCount > Enough;
            if (_hasEnded) WriteOut(_waiting);
            else if (isFirst || _isUrgent) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Writes what waits. Later lines are written at once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
        _thread.Join();
    }

    private void Loop()
    {
        while (TryTake())
        {
            WriteOut(_writing);
            lock (_gate) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for lines and swaps the buffers; false at the end, when none are left.</summary>
    private bool TryTake()
    {
        lock (_gate)
        {
            while (_waiting.WrittenCount == 0 && !_isClosed) Monitor.Wait(_gate);
            if (!_isUrgent && !_isClosed) Monitor.Wait(_gate, Moment);
            if (_waiting.WrittenCount == 0)
            {
                _hasEnded = _isClosed;
                return !_hasEnded;
            }
            (_waiting, _writing, _isUrgent) = (_writing, _waiting, false);
            return true;
        }
    }

    private void WriteOut(ArrayBufferWriter<byte> lines)
    {
        try
        {
            _output.Write(lines.WrittenSpan);
            _output.Flush();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The reader of the output is gone, and there is no other place to say so.
        }
        lines.ResetWrittenCount();
    }
}
