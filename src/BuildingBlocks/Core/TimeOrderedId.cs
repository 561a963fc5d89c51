using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// UUIDs of version 7 (RFC 9562, section 5.7) for one thread: milliseconds, a counter within the millisecond (method 1 of section 6.2, so
/// that ids of one writer sort in creation order and are adjacent in an index) and 62 random bits. The random bits are read in blocks: one
/// system call per id shows in the profile of a send.
/// </summary>
public sealed class TimeOrderedId
{
    private readonly byte[] _random = new byte[4096];
    private int _used = 4096;
    private long _millisecond;
    private int _counter;

    public Guid Next(DateTimeOffset now)
    {
        const int maxCounter = 0xFFF;
        var millisecond = now.ToUnixTimeMilliseconds();
        if (millisecond > _millisecond)
        {
            _millisecond = millisecond;
            _counter = 0;
        }
        else if (++_counter > maxCounter)
        {
            // The counter has overflowed, or the clock went back: the ids run ahead of the clock and stay in order.
            _millisecond++;
            _counter = 0;
        }
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, _millisecond << 16);
        BinaryPrimitives.WriteInt16BigEndian(id[6..], (short)(0x7000 | _counter));
        Random(id[8..]);
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }

    private void Random(Span<byte> target)
    {
        if (_used + target.Length > _random.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }
        _random.AsSpan(_used, target.Length).CopyTo(target);
        _used += target.Length;
    }
}
