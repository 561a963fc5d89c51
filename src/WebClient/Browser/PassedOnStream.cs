using System.Text;

namespace BigTech.WebClient.Browser;

/// <summary>A stream of events whose whole events are also passed on. An event ends with an empty line.</summary>
internal sealed class PassedOnStream(Stream inner, Action<string> pass, Action end) : ReadOnlyStream
{
    private readonly MemoryStream _begun = new();
    private bool _hasEnded;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (count == 0) End();
            else PassOn(buffer.Span[..count]);
            return count;
        }
        catch
        {
            End();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
            inner.Dispose();
            _begun.Dispose();
        }
        base.Dispose(disposing);
    }

    private void PassOn(ReadOnlySpan<byte> bytes)
    {
        _begun.Write(bytes);
        var all = _begun.GetBuffer().AsSpan(0, (int)_begun.Length);
        var whole = all.LastIndexOf("\n\n"u8) + 2;
        if (whole < 2) return;
        pass(Encoding.UTF8.GetString(all[..whole]));
        var rest = all[whole..].ToArray();
        _begun.SetLength(0);
        _begun.Write(rest);
    }

    private void End()
    {
        if (_hasEnded) return;
        _hasEnded = true;
        end();
    }
}
