namespace BigTech.Load;

/// <summary>
/// Removes the framing of an HTTP/1.1 body that arrives in pieces, in place: the kept bytes move to the front of the piece, so the body is
/// contiguous in the buffer that received it.
/// </summary>
internal struct BodyDecoder
{
    private readonly bool _isChunked;
    private Expecting _expecting;
    private long _remaining;
    private int _trailerLineLength;

    public BodyDecoder(in HttpHead head)
    {
        _isChunked = head.IsChunked;
        _expecting = Expecting.ChunkSize;
        var hasNoBody = head.Status is 204 or 304;
        _remaining = _isChunked || hasNoBody ? 0 : head.ContentLength < 0 ? long.MaxValue : head.ContentLength;
    }

    private enum Expecting
    {
        ChunkSize,
        RestOfSizeLine,
        Data,
        EndOfData,
        Trailer,
        Nothing,
    }

    /// <summary>True once the last byte of the body has arrived; never true for a body that ends with its connection.</summary>
    public readonly bool IsComplete => _isChunked ? _expecting == Expecting.Nothing : _remaining == 0;

    /// <summary>Decodes one received piece in place and returns the number of body bytes in it.</summary>
    public int Decode(Span<byte> piece)
    {
        if (!_isChunked)
        {
            _remaining -= piece.Length;
            return piece.Length;
        }

        var kept = 0;
        var at = 0;
        while (at < piece.Length && _expecting != Expecting.Nothing)
        {
            if (_expecting == Expecting.Data)
            {
                var length = (int)Math.Min(_remaining, piece.Length - at);
                piece.Slice(at, length).CopyTo(piece[kept..]);
                kept += length;
                at += length;
                _remaining -= length;
                _expecting = _remaining == 0 ? Expecting.EndOfData : Expecting.Data;
            }
            else
            {
                TakeFraming(piece[at++]);
            }
        }

        return kept;
    }

    private void TakeFraming(byte next)
    {
        switch (_expecting)
        {
            case Expecting.ChunkSize when char.IsAsciiHexDigit((char)next):
                _remaining = (_remaining << 4) + HexValueOf(next);
                break;
            case Expecting.ChunkSize or Expecting.RestOfSizeLine when next == '\n':
                _trailerLineLength = 0;
                _expecting = _remaining == 0 ? Expecting.Trailer : Expecting.Data;
                break;
            case Expecting.ChunkSize or Expecting.RestOfSizeLine:
                _expecting = Expecting.RestOfSizeLine;
                break;
            case Expecting.EndOfData when next == '\n':
                _expecting = Expecting.ChunkSize;
                break;
            case Expecting.Trailer when next == '\n':
                _expecting = _trailerLineLength == 0 ? Expecting.Nothing : Expecting.Trailer;
                _trailerLineLength = 0;
                break;
            case Expecting.Trailer when next != '\r':
                _trailerLineLength++;
                break;
        }
    }

    private static int HexValueOf(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
