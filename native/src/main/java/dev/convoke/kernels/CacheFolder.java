package dev.convoke.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Loader;

/**
 * The folder that JavaCPP unpacks native libraries into and loads them from. A copy that lies there already is taken as it
 * is, so whoever may write there decides what runs: where the home cannot be written to, JavaCPP falls back on a folder of a
 * known name in {@code /tmp}, which anybody may have made before.
 */
public final class CacheFolder {
    private CacheFolder() {}

    /** Why nothing may be loaded from JavaCPP's folder, one line with its name; empty where nothing speaks against it. */
    public static Optional<String> fault() {
        try {
            return fault(Loader.getCacheDir().toPath(), Files.getOwner(Path.of("/proc/self")));
        } catch (IOException | UnsupportedOperationException e) {
            // There is none, or the system has no owners; loading will say what is wrong.
            return Optional.empty();
        }
    }

    /** The same of a folder, for the user {@code self}. */
    static Optional<String> fault(Path folder, UserPrincipal self) throws IOException {
        Path real = folder.toRealPath();
        Path parent = real.getParent();
        Optional<String> own = faultOf(real, self);
        return own.isPresent() || parent == null ? own : faultOf(parent, self);
    }

    private static Optional<String> faultOf(Path folder, UserPrincipal self) throws IOException {
        UserPrincipal owner = Files.getOwner(folder);
        boolean trusted = owner.equals(self) || Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"));
        if (!trusted) {
            return Optional.of(folder + ": native libraries would be loaded from there, but it belongs to the user "
                    + owner.getName());
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        // Where the sticky bit is set, as on /tmp, nobody can replace what is another's.
        boolean sticky = ((Integer) Files.getAttribute(folder, "unix:mode") & 01000) != 0;
        if (permissions.contains(PosixFilePermission.OTHERS_WRITE) && !sticky) {
            return Optional.of(folder + ": native libraries would be loaded from there, but anybody may write to it ("
                    + PosixFilePermissions.toString(permissions) + ")");
        }
        return Optional.empty();
    }
}
